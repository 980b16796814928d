"""What the fields of submissions, policies and programmes are called: as the forms call them, and the others here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from services.intake.pages.fields import FORMS
from supervision.words import Word

_OTHERS: Final = """
annual_targets 全年指标 targets of the year
appeal_days 申诉期限（日历日） days to appeal
appeal_decision_days 申诉审定期限（日历日） days to decide an appeal
aspect 所属方面 number of the chapter
aspects 方面 chapters of the task list
base 基准分 base points
blind_channel 无回执渠道的处理 what is done where a channel gives no receipt
blockage_days 卡壳答复期限（工作日） working days to answer a blockage
bulletin 通报编号 number of the bulletin
calendar 工作日历，或其名称 working days, or the name of a calendar
category 类别：重点工作、民生实事 key task or livelihood item
cause 通知的缘由 one of the notice's causes
chief_interview 主要领导约谈扣分 points for a chief interview
chief_interview_days 主要领导约谈期限（工作日） working days for a chief interview
classification 公开或内部 public or internal
closing_on 年终办结日 the closing day
code 行政区划代码 six-digit code
comparator 比较方式 how the value is compared
complete_plans 方案须含全部周期 whether a plan must name every period
cooperating_units 配合单位 cooperating units
days 日期与性质 days, holiday or working
deadline_inclusive 期限含当日 whether the last day counts
deputies 代理 namings in force
deputy 代理人 who stands in
derived 推导稿，非官方清单 derived, not the official list
derived_from 推导依据 what it was derived from
document 文号 number of the document
due 完成时限 to be done by
due_at 截止时刻 the instant it is due
evidence_required 自报完成须附佐证 whether a completed claim needs evidence
extension_days 每次延期上限（工作日） most working days of an extension
extensions 延期次数上限 how many extensions
first_month 首月 first month
first_on 起始日 first day
grace_seconds 受理宽限（秒） grace in seconds
holidays 放假日 holidays
id 编号 id
indicator 指标 indicator
indicators 量化指标 countable goals
inspection_approval 检查计划由谁批准 whose word an inspection plan needs
interview_days 约谈期限（工作日） working days for an interview
issued_on 印发日期 day of issue
item 事项编号 id of the item
items 事项 items
jurisdiction 行政区划 the jurisdiction
key_task 重点工作的报送日 report days of key tasks
kind 种类 kind
label 称谓（不写姓名） the role in words, no name
lapsed_rectification 整改逾期扣分 points for a lapsed rectification
last_month 末月 last month
last_on 截止日 last day
leaders 分管领导 leaders in charge
light 哪一周期的灯 whose period's light
livelihood 民生实事的报送月份 months of livelihood items
made_up_light 补报达标后的灯 the light after a late report that meets its node
media_type 文件类型 media type
milestones 各周期预期目标（不随方案发布） what is expected by the end of each period, not published
minutes_days 约谈纪要期限（工作日） working days for the minutes
missed_light 未达标的灯 the light of a missed period
missing_report 未报送扣分 points for a missing report
month_working_day 次月第几个工作日报送 working day of the month after
name 名称 name
names_units 点名到单位 whether units are named
note 备注 note
number 序号 number
opens_at 开始时刻 the instant it opens
periods 报送周期 reporting periods
plan_due_at 方案截止时刻 when the plan is due
plan_due_on 方案报送日 the day the plan is due
policy 政策，或其名称@版本 a policy, or its id@version
position 取数的日志位置 the log position it was composed from
predecessor 上一年度的同一事项 the same promise a year before
principal 被代理人 who is stood in for
programme 方案编号 id of the programme
published_at 发布时刻 the instant of publication
quantified 是否量化 whether it can be counted
quarter 所属季度 the quarter that carries the light
rectification_days 整改期限（工作日） working days to rectify
red 红灯扣分 points for a red light
ref 所指 what is referred to
reminder_days 提前几个工作日提醒 working days before that a reminder goes out
reminder_hour 提醒的钟点 hour of reminders
report_due_on 各季度报送日 report day of each quarter
report_due_working_day 次月第几个工作日报送 working day of the month after
report_move_days 延期报送上限（工作日） most working days a deadline is moved
schedule 日程 schedule
sha256 文件的散列值 SHA-256 of the file
signed 须主要负责人提交的种类 what the head of a unit submits
simulated 模拟数据 simulated data
size 字节数 size in bytes
skew_seconds 时钟误差（秒） clock skew in seconds
target 目标值 value to reach
targets 指标 targets
task 事项名称 what is promised
unit 计量单位 unit of measurement
units 承办单位 units
utc_offset 时区 offset from UTC
value 数值 value
version 版本 version
weights 计分（样例） weights, a sample
working_weekends 调休上班日 working weekends
yellow 黄灯扣分 points for a yellow light
yellows_to_red 几次黄灯转红 yellows that make a red
text 正文 text
of 所审定的提交 the submission that is decided on
level 通知的种类 level of the notice
"""


def _words() -> dict[str, Word]:
    found = {field.name: field.label for form in FORMS.values() for field in form}
    for line in _OTHERS.strip().splitlines():
        name, zh, en = line.split(" ", 2)
        found[name] = Word(zh, en)
    return found


FIELD_WORDS: Final[Mapping[str, Word]] = _words()
"""By the name of the field; a field without a word is an error when the document is made."""
