"""The benchmark: the product and what others would write for the job, side by side on one machine."""
