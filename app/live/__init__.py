"""What runs in a node: who is connected, who listens to what, what the dashboards see."""
