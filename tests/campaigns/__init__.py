"""Long searches for faults: each runs alone, can be interrupted and resumed, and prints what it tried."""
