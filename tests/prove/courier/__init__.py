"""Mail to people who are away, while everything that has a part in it is killed."""
