/** What a run leaves behind in its folder, and who may write there. */
package dev.temper.infra.run;
