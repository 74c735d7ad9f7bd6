/** Sends runs to an MLflow server; what it sends is in the run's folder and stays there. */
package dev.temper.infra.mlflow;
