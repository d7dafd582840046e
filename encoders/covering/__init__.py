"""Covers of trees by leaves: programs about single trees and their majority."""
