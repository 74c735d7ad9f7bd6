/** The composition root: joins recipes, trainers, workflows and activities to a program. */
package dev.temper.infra;
