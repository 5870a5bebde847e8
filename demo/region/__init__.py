"""A region planned for three years with every part of the model in use: `make case-study`.

parts/        what the study adds to the assembled problem, as typed changes with their sources
study.py      the walk: questions to the running services, answers as facts for the page
pictures.py   the facts as pictures
"""
