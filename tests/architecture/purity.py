"""An import-linter contract: these modules import the standard library, `contracts` and each other, nothing else."""

from __future__ import annotations

import sys
from typing import cast

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output

ALLOWED = frozenset({"contracts"})


class PurityContract(Contract):
    """`package` without what its list `shell` names, or `modules`; whatever is new in a package is held to be pure."""

    type_name = "pure"

    package = fields.StringField(required=False)
    shell = fields.SetField(subfield=fields.StringField(), required=False)
    modules = fields.SetField(subfield=fields.StringField(), required=False)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002 - the tool's signature
        """Collect every import that is not allowed."""
        pure = self._pure(graph)
        found = [
            (module, imported)
            for module in sorted(pure)
            for imported in sorted(graph.find_modules_directly_imported_by(module))
            if imported not in pure and imported.split(".")[0] not in sys.stdlib_module_names | ALLOWED
        ]
        return ContractCheck(kept=not found, metadata={"found": found})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Say which module imports what."""
        for module, imported in check.metadata["found"]:
            output.print_error(f"{module} is a rule and imports {imported}")

    def _pure(self, graph: ImportGraph) -> set[str]:
        package, shell, modules = cast("tuple[str, set[str], set[str]]", (self.package, self.shell, self.modules))
        if not package:
            return modules
        family = {package, *graph.find_descendants(package)}
        return {module for module in family if not any(f"{module}.".startswith(f"{part}.") for part in shell)}
