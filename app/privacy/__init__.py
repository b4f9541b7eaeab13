"""What a person may ask of the shop: a copy of what it has of them, and that it is no more."""
