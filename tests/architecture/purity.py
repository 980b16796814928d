"""An import-linter contract: these modules import the standard library, `contracts`, `supervision` and each other."""

from __future__ import annotations

import sys
from typing import cast

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output

ALLOWED = frozenset({"contracts", "supervision"})


class PurityContract(Contract):
    """A whole `package`, so that whatever is new in it is held to be pure, or the `modules` named."""

    type_name = "pure"

    package = fields.StringField(required=False)
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
        package, modules = cast("tuple[str, set[str]]", (self.package, self.modules))
        return {package, *graph.find_descendants(package)} if package else modules
