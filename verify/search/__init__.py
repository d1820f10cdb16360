"""What searches share: the result of a search, slack, guesses of cells, shifts and Gram matrices."""
