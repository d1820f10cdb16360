"""What networks and activations compute, enclosed."""
