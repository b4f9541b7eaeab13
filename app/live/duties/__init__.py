"""What is done behind the messages, by one node at a time: none of them waits for it."""
