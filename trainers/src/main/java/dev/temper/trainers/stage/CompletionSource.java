package dev.temper.trainers.stage;

import dev.temper.recipes.Input;
import dev.temper.recipes.SamplingSpec;
import dev.temper.trainers.Inputs;
import dev.temper.trainers.Pulse;
import dev.temper.trainers.StageContext;
import dev.temper.trainers.data.Prompt;
import dev.temper.trainers.model.Completion;
import dev.temper.trainers.model.Engine;
import dev.temper.trainers.model.Uniforms;
import dev.temper.trainers.text.ChatFormat;
import dev.temper.trainers.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Who writes completions: a policy in this process, or a server. */
interface CompletionSource extends AutoCloseable {

  /** Of prompts and completions. */
  Tokenizer tokenizer();

  ChatFormat format();

  /**
   * One completion for each request, in their order.
   *
   * @param noise by the index of the request
   */
  List<Written> complete(List<Asked> asked, SamplingSpec sampling, Uniforms noise, Pulse pulse);

  @Override
  void close();

  /**
   * A prompt to be completed once.
   *
   * @param tokens the rendered prompt
   */
  record Asked(Prompt prompt, int[] tokens) {}

  /**
   * A completion and what it says, without special tokens. A server's text is kept as it is: it
   * need not be what the policy's tokenizer makes of the ids.
   */
  record Written(Completion completion, String text) {}

  /**
   * The server of a sampling spec, else the policy itself. For a server no weights are loaded.
   *
   * @param policy gives tokenizer and form of prompts in both cases
   */
  static CompletionSource open(
      Engine engine, StageContext context, Input policy, SamplingSpec sampling) throws IOException {
    Inputs inputs = context.inputs();
    Path folder = inputs.folder(policy);
    return sampling.server().isPresent()
        ? ServedPolicy.open(folder, context.servers())
        : ModelFolder.load(engine, folder);
  }
}
