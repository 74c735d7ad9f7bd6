# The update of AdamW. TorchScript text, run without Python.
class AdamW(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # One step in place. settings (float64): learning rate, beta 1, beta 2, epsilon, weight decay,
  # factor on the gradients, number of this step from 1.
  def update(self: __torch__.AdamW, w: List[Tensor], totals: List[Tensor], m: List[Tensor], v: List[Tensor], settings: Tensor) -> Tensor:
    factor = float(torch.select(settings, 0, 5))
    if factor != 1.:
      torch._foreach_mul_(totals, factor)
    step = torch.select(settings, 0, 6).to(6)
    weights = annotate(List[Tensor], [])
    steps = annotate(List[Tensor], [])
    for i in range(len(w)):
      weights.append(w[i].detach())
      steps.append(step)
    torch._fused_adamw_(weights, totals, m, v, annotate(List[Tensor], []), steps, lr=float(torch.select(settings, 0, 0)), beta1=float(torch.select(settings, 0, 1)), beta2=float(torch.select(settings, 0, 2)), weight_decay=float(torch.select(settings, 0, 4)), eps=float(torch.select(settings, 0, 3)), amsgrad=False, maximize=False)
    return step
