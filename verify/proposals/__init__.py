"""Finding evidence: untrusted search that ends with a question to the judge."""
