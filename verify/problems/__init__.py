"""Importers: problems from arrays, files and frameworks, exactly.

PyTorch is imported only when a function is called that needs it, scikit-learn never.
"""

from verify.problems.arrays import from_arrays as from_arrays
from verify.problems.cross_entropies import BinaryCrossEntropy as BinaryCrossEntropy
from verify.problems.cross_entropies import CrossEntropy as CrossEntropy
from verify.problems.csv_format import CsvFormat as CsvFormat
from verify.problems.files import load_problem as load_problem
from verify.problems.files import save_problem as save_problem
from verify.problems.imported import Imported as Imported
from verify.problems.imported import ImportNotice as ImportNotice
from verify.problems.population import from_units as from_units
from verify.problems.population import load_population as load_population
from verify.problems.population import save_population as save_population
from verify.problems.saved_weights import Settings as Settings
from verify.problems.selection import select as select
from verify.problems.sklearn import from_sklearn as from_sklearn
from verify.problems.sklearn import import_sklearn as import_sklearn
from verify.problems.state_dict import from_state_dict as from_state_dict
from verify.problems.state_dict import import_state_dict as import_state_dict
from verify.problems.summary import describe as describe
from verify.problems.summary import summary_document as summary_document
from verify.problems.tables import from_csv as from_csv
from verify.problems.tables import from_npz as from_npz
from verify.problems.tables import import_csv as import_csv
from verify.problems.tables import import_npz as import_npz
from verify.problems.torch import from_torch as from_torch
from verify.problems.torch import import_torch as import_torch
