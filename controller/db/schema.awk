# SPDX-License-Identifier: GPL-2.0-or-later
# schema.sql to C: an array with the SQL of each version, from version 1.
function quoted(line) {
	gsub(/\\/, "\\\\", line)
	gsub(/"/, "\\\"", line)
	return "\t\"" line "\\n\""
}
function finish() {
	if (version)
		printf "\t\"PRAGMA user_version = %d;\\n\",\n", version
}
BEGIN {
	print "/* Made by schema.awk from schema.sql. */"
	print "static const char *const schema_versions[] = {"
}
/^-- VERSION / {
	finish()
	if ($3 != ++version) {
		print FILENAME ":" FNR ": VERSION " version " expected" \
			> "/dev/stderr"
		exit 1
	}
	next
}
/^--/ || /^[ \t]*$/ || !version { next }
{ print quoted($0) }
END {
	finish()
	print "};"
}
