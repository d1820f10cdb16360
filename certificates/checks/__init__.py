"""What the rules share: refusals, acceptance, and the checks that more than one kind makes."""
