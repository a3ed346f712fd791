"""Search of cases by words: the index, what feeds it, and the search itself."""
