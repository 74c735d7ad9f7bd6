/** The command line: its names, flags, exit codes and JSON fields are a contract. */
package dev.temper.infra.cli;
