"""The language of claims: what every kind's claim is made of, says, and is compared by."""
