"""One rule a kind of claim: statement, evidence, numbered checks, why they suffice."""
