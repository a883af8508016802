"""Figures over a workspace, all from stored rows: https://segops.ai/docs/api/analytics"""
