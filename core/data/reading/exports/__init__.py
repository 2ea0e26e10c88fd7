"""Records as annotation tools, chats and tokenised sets write them -> rows of text and label.

Each shape is a module with a ``RecordShape``; ``registry`` lists them in the order in which they are asked.
"""
