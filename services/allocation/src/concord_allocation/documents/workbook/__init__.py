"""Every answer as a workbook: sheets of plain values and of formulas that add them up again. Pure."""
