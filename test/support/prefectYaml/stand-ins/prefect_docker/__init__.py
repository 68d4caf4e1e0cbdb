"""Stands for prefect-docker where there is no container engine."""
