# 亮灯 Liangdeng: Python >= 3.11 with venv and make are all that is assumed; `make setup` brings the rest.
.DEFAULT_GOAL := help
.PHONY: help setup demo up test walk chaos check format tools bench mutants topics rebuild audit scenarios schemas clean

PYTHON ?= python3
VENV := .venv/bin
BOOK ?= programmes/scenarios.yaml
ARGS ?=

help: ## 列出所有目标 · list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## 安装：虚拟环境与锁定的依赖 · the virtual environment, from the hashed lock
	@$(PYTHON) embedded/bootstrap.py

demo: setup ## 一键演示全年（EXIT=1 汇总后结束）· live through the year (EXIT=1 ends after the summary)
	@$(VENV)/liangdeng demo $(if $(EXIT),--exit) $(ARGS)

up: setup ## 启动全部服务 · start everything and serve until Ctrl-C
	@$(VENV)/liangdeng up $(ARGS)

test: setup tools check ## 全部检查与测试 · every check and every test
	@$(VENV)/python -m tests.lanes $(ARGS)

walk: setup tools ## 逐步走查真实安装和全年（较久；ARGS=文件 只走一个）· walk through real installations and a year, takes long (ARGS=FILE: one)
	@$(VENV)/python -m tests.walk $(ARGS)

chaos: setup ## 服务器反复中断时报送一万件（约三分钟）· ten thousand submissions while servers die, some minutes
	@$(VENV)/pytest -m load -s $(ARGS)

check: setup ## 格式、静态检查、类型、导入边界 · format, lint, types, import boundaries
	@$(VENV)/ruff format --check -q .
	@$(VENV)/ruff check -q .
	@$(VENV)/mypy --no-error-summary .
	@found=$$($(VENV)/lint-imports --no-logo 2>&1) || { echo "$$found"; exit 1; }

format: setup ## 自动排版 · format the code
	@$(VENV)/ruff format -q .
	@$(VENV)/ruff check -q --fix .

tools: ## 测试所需的浏览器与字体（仅 CI 中安装）· the tests' browser and fonts (installed in CI only)
	@$(PYTHON) tests/tools.py

bench: setup ## 性能数据（docs/performance.md；ARGS=peers 同类软件，ARGS=growth 日志增长）· the figures of docs/performance.md
	@$(VENV)/python -m bench $(ARGS)

mutants: setup ## 规则的变异测试（docs/mutation.md；ARGS='services.rating.rules.lights.light*'）· mutation testing of the rules
	@nice -n 19 $(VENV)/python -m tests.rules.mutants $(ARGS)

topics: setup ## 创建并核对 Kafka 主题 · provision the topics and check them for drift
	@$(VENV)/liangdeng topics apply $(ARGS)

rebuild: setup ## 从日志重建读模型并比对 · rebuild the read model from the log and compare
	@$(VENV)/liangdeng rebuild $(ARGS)

audit: setup ## 重放日志，证明每一盏灯 · replay the log, prove every light
	@$(VENV)/liangdeng audit replay $(ARGS)

scenarios: setup ## 用规则跑情景册（BOOK=文件）· run a book of scenarios through the rules (BOOK=file)
	@$(VENV)/liangdeng scenarios $(BOOK) $(ARGS)

schemas: setup ## 由代码生成 contracts/schemas 和 docs/api · write contracts/schemas and docs/api from the code
	@$(VENV)/python -m contracts.document
	@$(VENV)/python -m cli.api_documents

clean: ## 删除本机状态（.liangdeng）与缓存 · remove the state folder and the caches
	@if [ -x $(VENV)/liangdeng ]; then $(VENV)/liangdeng clean; \
	elif [ -e .liangdeng/keycloak ] || [ -e .liangdeng/secrets/keycloak-setup ]; then \
	echo '.liangdeng 是正式使用的安装，请先 make setup · .liangdeng is in real use: run make setup first' >&2; exit 1; \
	else rm -rf .liangdeng; fi
	@rm -rf mutants .bench_cache .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
