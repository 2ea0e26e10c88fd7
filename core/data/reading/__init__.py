"""Any file of texts -> named columns in batches, with every row that was set aside and why.

A file's way is one pass: ``read`` (or ``hub`` for a name on the Hub) asks ``readers``, the table of all kinds of files; ``recognise``
finds the one that knows the file; its module opens it and gives a ``TableReader``, whose batches are read when they are asked for.
Delimited text is guessed in the order ``encoding``, ``separator``, ``quoting``, ``header`` (together the ``dialect``), and read by
``delimited_batches``; JSON in ``json_lines`` or ``json_document``; archives by ``folders`` or by the same table of readers.
"""
