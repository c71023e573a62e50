"""Python layers that public nets name by a module of their repository: `rpn.proposal_layer`.

    python_param {
      module: "rpn.proposal_layer" layer: "ProposalLayer" param_str: "'feat_stride': 16"
    }

A module here has the name that prototxts say, and its classes, too. It serves where Python finds no
module of that name, and where a net is only looked at. What these layers do is that of the
repositories; the text is not.
"""
