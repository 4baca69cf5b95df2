# SPDX-License-Identifier: GPL-2.0-or-later
# statements.sql to C: the enum of names for everybody, and the array of
# texts for the one file that defines STATEMENT_TEXTS.
function quoted(line) {
	gsub(/\\/, "\\\\", line)
	gsub(/"/, "\\\"", line)
	return "\t\t\"" line "\\n\"\n"
}
/^-- STMT_[A-Z_]+$/ {
	if ($2 in seen) {
		print FILENAME ":" FNR ": " $2 " is there twice" \
			> "/dev/stderr"
		exit 1
	}
	seen[$2] = 1
	names[++count] = $2
	next
}
/^--/ || /^[ \t]*$/ || !count { next }
{ text[count] = text[count] quoted($0) }
END {
	print "/* Made by statements.awk from statements.sql. */"
	print "#ifndef IRONBIRD_GEN_STATEMENTS_H"
	print "#define IRONBIRD_GEN_STATEMENTS_H\n"
	print "enum statement_id {"
	for (i = 1; i <= count; i++)
		print "\t" names[i] ","
	print "\tSTATEMENT_COUNT\n};\n\n#endif"
	print "\n#ifdef STATEMENT_TEXTS"
	print "static const char *const statement_texts[] = {"
	for (i = 1; i <= count; i++)
		printf "\t[%s] =\n%s\t\t,\n", names[i], text[i]
	print "};\n#endif"
}
