"""From a problem to a certificate file: choose a kind, search, judge, write."""
