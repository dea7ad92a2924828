"""Two models side by side: what differs in how they were made, and what that changes."""
