"""What is measured about a payment's part in patterns of several payments."""
