/**
 * Makes stages durable: the one driver for every task, the activity around it, and the ports to
 * what lies outside (artifacts, the run's folder, data files).
 */
package dev.temper.activities;
