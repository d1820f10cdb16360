"""Activations at infinity: expansions, growth, and identities that hold on the whole line."""
