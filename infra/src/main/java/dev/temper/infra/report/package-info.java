/** The report page of a run: one self-contained HTML file, drawn from the run folder alone. */
package dev.temper.infra.report;
