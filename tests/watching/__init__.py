"""What whoever runs the product watches it by."""
