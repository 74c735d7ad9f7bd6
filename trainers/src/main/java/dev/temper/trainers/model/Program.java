package dev.temper.trainers.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * A TorchScript class whose methods can be called from any thread: they are functions of their
 * arguments.
 */
final class Program {

  private static final String METHOD = "module_method:";

  /** Stands in a resource for the declarations of its attributes. */
  private static final String CONSTANTS = "  # constants\n";

  private final PtSymbolBlock block;

  private Program(PtSymbolBlock block) {
    this.block = block;
  }

  /**
   * Loads the class of a resource file; it lives as long as the manager.
   *
   * @param resource file name in this package
   * @param constants attributes by name, see {@link ProgramArchive}
   */
  static Program load(NDManager manager, String resource, String type, Map<String, ?> constants) {
    String code = text(resource).replace(CONSTANTS, ProgramArchive.declarations(constants));
    byte[] archive = ProgramArchive.pack(type, code, constants);
    try {
      PtSymbolBlock block =
          JniUtils.loadModule(
              (PtNDManager) manager, new ByteArrayInputStream(archive), false, false);
      return new Program(block);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String text(String resource) {
    try (InputStream in = Program.class.getResourceAsStream(resource)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Calls a method on the current thread.
   *
   * @param scope owns the results
   * @param gradients whether operations are recorded for gradients, in this call and in what this
   *     thread computes next
   * @param arguments each an {@link NDArray}, or an {@link NDList} that is not empty
   * @return the tensor, or the tensors of the list, that the method returns
   */
  NDList call(NDManager scope, String method, boolean gradients, Object... arguments) {
    // All three are settings of the current thread; the optimizer of graphs would specialize them
    // on the shapes of the first calls, and costs more than it gains.
    JniUtils.setGradMode(gradients);
    JniUtils.setGraphExecutorOptimize(false);
    try (NDArray name = scope.create(new Shape(0))) {
      // DJL's way to name a method; results go to the manager of the first array.
      name.setName(METHOD + method);
      NDList all = new NDList(name);
      for (int i = 0; i < arguments.length; i++) {
        if (arguments[i] instanceof NDList list) {
          // Arrays that share a name with [] become one list.
          String listName = "list" + i + "[]";
          for (NDArray array : list) {
            array.setName(listName);
            all.add(array);
          }
        } else {
          NDArray array = (NDArray) arguments[i];
          array.setName(null);
          all.add(array);
        }
      }
      return IValueUtils.forward(block, all, true);
    }
  }
}
