"""A result on a projector: one page behind a link, served to who has its token, with the model to try at its end."""
