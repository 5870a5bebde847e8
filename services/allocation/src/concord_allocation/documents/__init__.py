"""A problem and its answer in other forms: workbook, CSV, MPS, LP. Pure but for the solver's own text formats."""
