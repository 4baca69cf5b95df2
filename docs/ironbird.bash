# SPDX-License-Identifier: GPL-2.0-or-later
# bash completion: the program itself knows commands, options and live names.
# shellcheck shell=bash
_ironbird() {
	mapfile -t COMPREPLY < <(ironbird complete -- \
		"${COMP_WORDS[@]:0:COMP_CWORD+1}" 2>/dev/null)
}
complete -F _ironbird ironbird standalone-reset make-flight sg-run-job \
	sg-execute-flight mg-execute-flight sg-report-flight sg-report-job-history \
	sg-report-host-history sg-check-tested cr-daily-branch \
	cr-ensure-disk-space cs-flight-create cs-job-create mg-hosts \
	mg-show-flight-runvars
