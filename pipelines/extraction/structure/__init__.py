"""What a document's text looks like on its page: headings, lists, tables, images, as Markdown."""

from pipelines.extraction.structure.reading import Structure, printed_again, structure_of

__all__ = ["Structure", "printed_again", "structure_of"]
