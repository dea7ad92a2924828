"""A protocol: several seeds, one look, every number with an interval, and shortcuts taken away."""
