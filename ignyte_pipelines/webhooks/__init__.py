"""What platforms send by themselves about people and shops: checked, written down, answered at once."""
