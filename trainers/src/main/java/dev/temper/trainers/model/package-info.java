/** Language models as TorchScript programs: forward, gradients, updates, generation, files. */
package dev.temper.trainers.model;
