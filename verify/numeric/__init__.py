"""Fast float64 evaluation of networks; ordinary rounding, nothing proven."""
